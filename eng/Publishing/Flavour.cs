namespace Publishing;

/// <summary>One thing that is deployed.</summary>
/// <param name="Name">Its folder under <c>artifacts/publish</c>.</param>
/// <param name="Project">The service, which is the folder of its project too.</param>
/// <param name="Device">What the engine is for: <c>cpu</c> or <c>cuda</c>; the gateway has no engine.</param>
/// <param name="Repository">The image's name.</param>
/// <param name="Suffix">What comes behind the version in the image's tag.</param>
/// <param name="LimitMegabytes">The most that the service may add to its base, models apart, in millions of bytes.</param>
internal sealed record Flavour(string Name, string Project, string Device, string Repository, string Suffix, int LimitMegabytes)
{
    private const string Gateway = "transformer-platform/gateway", ModelServer = "transformer-platform/modelserver";

    public static readonly Flavour[] All =
    [
        new("gateway", "Gateway", "cpu", Gateway, "", 15),
        new("modelserver", "ModelServer", "cpu", ModelServer, "", 70),
        new("modelserver-cuda", "ModelServer", "cuda", ModelServer, "-cuda", 400),
    ];

    /// <summary>The engine for CUDA is there for this platform alone.</summary>
    public static Flavour[] For(string runtime) => [.. All.Where(f => f.Device != "cuda" || runtime == "linux-x64")];

    public string Tag(string version) => $"{Repository}:{version}{Suffix}";
}
