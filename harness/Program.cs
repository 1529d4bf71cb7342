using VirtualBench.Cli;

return await CommandTree.RunAsync(args, new Commands());
