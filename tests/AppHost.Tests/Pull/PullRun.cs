using AppHost.Pull;
using AppHost.Tests.Platform;

namespace AppHost.Tests.Pull;

/// <summary>A hub, a models folder, and the command between them.</summary>
internal sealed class PullRun(TestHub hub) : IAsyncDisposable
{
    private readonly TemporaryFolder _models = new();

    public TestHub Hub => hub;

    public string Models => _models.Path;

    public string Output { get; private set; } = "";

    public string Error { get; private set; } = "";

    public Dictionary<string, string?> Variables { get; } = new() { ["HF_ENDPOINT"] = hub.Endpoint };

    public PullOptions Options { get; set; } = new() { FirstDelay = TimeSpan.FromMilliseconds(1) };

    /// <summary>With a small repository that can be pulled.</summary>
    public static async Task<PullRun> StartAsync()
    {
        var hub = await TestHub.StartAsync();
        hub.Files["model.onnx"] = OnnxBytes.WithWeights(50_000);
        hub.Add("config.json", """{"architectures":["BertModel"]}""");
        hub.Add("tokenizer.json", """{"model":{}}""");
        hub.Add("1_Pooling/config.json", """{"pooling_mode_cls_token":true}""");
        return new PullRun(hub);
    }

    public async Task<int> PullAsync(string[]? args = null, CancellationToken cancellationToken = default)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        string[] all = [.. args ?? [TestHub.Repository], "--models", Models];
        var exitCode = await PullCommand.RunAsync(all, TextWriter.Synchronized(output), error, Variables.GetValueOrDefault, Options, TimeProvider.System, cancellationToken);
        (Output, Error) = (output.ToString(), error.ToString());
        return exitCode;
    }

    /// <summary>Files of the models folder, but for those on their way.</summary>
    public string[] Landed() =>
    [
        .. Directory.EnumerateFiles(Models, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(Models, f).Replace('\\', '/'))
            .Where(f => !f.StartsWith(".pull/", StringComparison.Ordinal)).Order(StringComparer.Ordinal),
    ];

    public async ValueTask DisposeAsync()
    {
        await hub.DisposeAsync();
        _models.Dispose();
    }
}
