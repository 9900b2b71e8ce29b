using AppHost.Pull;

namespace AppHost.Tests.Pull;

public class InterruptedPullTests
{
    private const int Large = 100_000_000;

    [Fact]
    public async Task Pull_HundredMegabytesCutFiveTimes_EndsRight()
    {
        await using var run = await PullRun.StartAsync();
        run.Hub.Files["model.onnx"] = OnnxBytes.WithWeights(Large);
        var random = new Random(7);
        for (var i = 0; i < 5; i++) run.Hub.Cuts.Enqueue(random.Next(1, 12_000_000));
        var (sent, seen) = (0L, 0);
        run.Hub.Sent = bytes =>
        {
            Interlocked.Add(ref sent, bytes);
            // Whoever watches the folder finds no version until it is whole.
            if (Directory.Exists(Path.Combine(run.Models, "tiny"))) Interlocked.Increment(ref seen);
        };

        Assert.Equal(0, await run.PullAsync());

        Assert.Empty(run.Hub.Cuts);
        Assert.Equal(0, seen);
        Assert.Equal(run.Hub.Files["model.onnx"], File.ReadAllBytes(Path.Combine(run.Models, "tiny", "1", "model.onnx")));
        // What was cut is gone on with: nothing but what was on its way is sent twice.
        Assert.InRange(sent, Large, Large + 20_000_000);
        Assert.True(run.Hub.Requests.Count(r => !r.IsOfHub) == 6 + 5, "The file is fetched in ranges of 16 MB.");
    }

    [Fact]
    public async Task Pull_StoppedHalfway_GoesOnFromThere()
    {
        const int Bytes = 8_000_000;
        await using var run = await PullRun.StartAsync();
        run.Hub.Files["model.onnx"] = OnnxBytes.WithWeights(Bytes);
        run.Options = run.Options with { ChunkBytes = 1 << 20 };
        using var stop = new CancellationTokenSource();
        var sent = 0L;
        run.Hub.Sent = bytes =>
        {
            if (Interlocked.Add(ref sent, bytes) > Bytes / 2) stop.Cancel();
        };

        Assert.Equal(1, await run.PullAsync(cancellationToken: stop.Token));
        Assert.Contains("goes on from here", run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Landed());
        var left = Directory.EnumerateFiles(Path.Combine(run.Models, ".pull"), "model.onnx.json", SearchOption.AllDirectories);
        Assert.Single(left);
        run.Hub.Sent = bytes => Interlocked.Add(ref sent, bytes);
        // The branch has moved, but not this file.
        run.Hub.Commit = new string('c', 40);

        Assert.Equal(0, await run.PullAsync());

        Assert.Equal(run.Hub.Files["model.onnx"], File.ReadAllBytes(Path.Combine(run.Models, "tiny", "1", "model.onnx")));
        // Each of the four connections may have had some on its way.
        Assert.InRange(sent, Bytes, Bytes * 3 / 2);
    }

    [Fact]
    public async Task Pull_LeftoversOfOtherContent_AreNotGoneOnWith()
    {
        await using var run = await PullRun.StartAsync();
        run.Hub.Files["model.onnx"] = OnnxBytes.WithWeights(300_000, seed: 1);
        run.Hub.Add("vocab.txt", "of the first commit");
        run.Options = run.Options with { MostFailures = 1 };
        run.Hub.Cuts.Enqueue(100_000);
        Assert.Equal(1, await run.PullAsync());
        run.Hub.Files["model.onnx"] = OnnxBytes.WithWeights(300_000, seed: 2);
        run.Hub.Forget();
        run.Hub.Files.Remove("vocab.txt");
        run.Hub.Commit = new string('c', 40);

        Assert.Equal(0, await run.PullAsync());

        Assert.Equal(run.Hub.Files["model.onnx"], File.ReadAllBytes(Path.Combine(run.Models, "tiny", "1", "model.onnx")));
        Assert.DoesNotContain("tiny/1/vocab.txt", run.Landed());
    }

    [Fact]
    public async Task Pull_ServerWithoutRanges_IsReadFromTheBeginning()
    {
        await using var run = await PullRun.StartAsync();
        run.Hub.Files["model.onnx"] = OnnxBytes.WithWeights(3_000_000);
        run.Hub.IgnoresRanges = true;
        run.Options = run.Options with { ChunkBytes = 1 << 20 };
        // The first are those that find out that there are no ranges.
        foreach (var cut in new[] { 5_000_000, 5_000_000, 5_000_000, 2_000_000, 500_000 }) run.Hub.Cuts.Enqueue(cut);

        Assert.Equal(0, await run.PullAsync());

        Assert.Equal(run.Hub.Files["model.onnx"], File.ReadAllBytes(Path.Combine(run.Models, "tiny", "1", "model.onnx")));
    }

    [Theory]
    [InlineData(50_000)]
    [InlineData(50)]
    public async Task Pull_WrongBytes_NeverLand(int size)
    {
        await using var run = await PullRun.StartAsync();
        run.Hub.Files["tokenizer.json"] = new byte[size];
        run.Hub.Wrong["tokenizer.json"] = [.. Enumerable.Repeat((byte)1, size)];

        Assert.Equal(1, await run.PullAsync());

        Assert.Contains("tokenizer.json has a wrong checksum", run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Landed());
        Assert.False(Directory.Exists(Path.Combine(run.Models, "tiny")));
    }

    [Fact]
    public async Task Pull_WrongSize_NeverLands()
    {
        await using var run = await PullRun.StartAsync();
        run.Hub.Wrong["model.onnx"] = new byte[60_000];

        Assert.Equal(1, await run.PullAsync());

        Assert.Contains("bytes and gives 60000", run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Landed());
    }

    [Fact]
    public async Task Pull_WrongBytesOnce_AreFetchedAgain()
    {
        await using var run = await PullRun.StartAsync();
        run.Hub.Wrong["model.onnx"] = new byte[run.Hub.Files["model.onnx"].Length];
        run.Hub.Sent = _ => run.Hub.Wrong.Clear();

        Assert.Equal(0, await run.PullAsync());

        Assert.Equal(run.Hub.Files["model.onnx"], File.ReadAllBytes(Path.Combine(run.Models, "tiny", "1", "model.onnx")));
    }

    [Fact]
    public async Task Pull_ListingWithoutSizes_AsksForEach()
    {
        await using var run = await PullRun.StartAsync();
        run.Hub.TellsSizes = false;
        run.Hub.Wrong["model.onnx"] = new byte[run.Hub.Files["model.onnx"].Length];

        Assert.Equal(1, await run.PullAsync());
        Assert.Contains("model.onnx has a wrong checksum", run.Error, StringComparison.Ordinal);
        run.Hub.Wrong.Clear();

        Assert.Equal(0, await run.PullAsync());
    }
}
