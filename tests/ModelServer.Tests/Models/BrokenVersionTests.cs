using System.Net;
using ModelServer.Models;
using ModelServer.Runtime;
using Microsoft.Extensions.DependencyInjection;

namespace ModelServer.Tests.Models;

/// <summary>Versions that cannot serve: loading them ends in an error with its reason, costs nothing, and the active version goes on.</summary>
public sealed class BrokenVersionTests : IAsyncDisposable
{
    private const string Model = FollowedModels.Model;
    private readonly FollowedModels _server = new("1");

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("graph", "model.onnx")]
    [InlineData("tokenizer", "tokenizer")]
    [InlineData("golden", "Golden case 0")]
    [InlineData("large", "MiB are left")]
    public async Task Load_BrokenVersion_IsAnErrorUnderItsOrderAndTheActiveOneGoesOn(string fault, string reason)
    {
        // Room for the first and not for the padding behind the second.
        if (fault == "large") _server.Settings["Models:MemoryLimitBytes"] = (Environment.WorkingSet + (4L << 30)).ToString(System.Globalization.CultureInfo.InvariantCulture);
        await _server.StartAsync();
        _server.Rollouts.Activate(Model, "1");
        var memory = _server.Host.Services.GetRequiredService<LoadMemory>();
        var promised = memory.Promised;
        Break(_server.Folder.CopySmall("tiny-multilabel", Model, "2"), fault);

        var order = _server.Rollouts.Load(Model, "2").Revision;
        await _server.ComesToAsync("2", ModelState.Error, order);

        var report = await _server.ReportAsync("2");
        Assert.Contains(reason, report.GetProperty("reason").GetString(), StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(_server.Folder.Path, report.GetRawText(), StringComparison.Ordinal);
        Assert.Equal(order, report.GetProperty("order").GetInt64());
        Assert.Equal(fault != "large", report.GetProperty("fits").GetBoolean());
        Assert.Equal(promised, memory.Promised);
        Assert.Equal((HttpStatusCode.OK, "1"), await _server.AskAsync());
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await _server.AskAsync("a:2")).Status);
    }

    private static void Break(string folder, string fault)
    {
        var graph = Path.Combine(folder, "model.onnx");
        switch (fault)
        {
            case "graph":
                using (var cut = File.OpenWrite(graph)) cut.SetLength(cut.Length / 2);
                break;
            case "tokenizer":
                File.WriteAllText(Path.Combine(folder, "tokenizer.json"), """{"version":"1.0","model":{"type":"Riddle"}}""");
                break;
            case "golden":
                File.WriteAllText(Path.Combine(folder, "serving.json"), """{"golden":[{"text":"great","label":"LABEL_0","score":2}]}""");
                break;
            case "large":
                // Sparse: it has the size alone.
                using (var padded = File.OpenWrite(graph)) padded.SetLength(3L << 30);
                break;
        }
    }
}
