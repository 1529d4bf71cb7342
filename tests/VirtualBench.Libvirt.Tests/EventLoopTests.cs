namespace VirtualBench.Libvirt.Tests;

/// <summary>Stopping the loop stops it for the whole process, so these tests share a collection with those that need it running.</summary>
[Collection(EmbeddedQemuCollection.Name)]
public sealed class EventLoopTests
{
    public EventLoopTests() => Requirements.NeedLibvirt();

    [Fact]
    public async Task It_stops_at_once_and_starts_again()
    {
        for (var i = 0; i < 5; i++)
        {
            EventLoop.Start();
            Assert.True(EventLoop.IsRunning);
            await Task.Run(EventLoop.Stop, TestContext.Current.CancellationToken)
                .WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
            Assert.False(EventLoop.IsRunning);
        }

        EventLoop.Start();
    }
}
