using VirtualBench.Cli;

return await CommandLine.RunAsync(args, new Commands());
