using System.Runtime.InteropServices;

namespace Publishing;

/// <summary>The command line of <c>./publish</c>.</summary>
internal sealed record PublishOptions(string Output, string Runtime, bool Images, bool Help)
{
    public const string Text = """
        Publishes the gateway and the model server, for CPUs and for CUDA, with a bill of materials for each, and tells how large they are.

          ./publish [--output DIR] [--runtime RID] [--images]

          --output DIR     where to; default artifacts/publish
          --runtime RID    linux-x64 or linux-arm64 (without CUDA); default: this machine's processor
          --images         build the images as well, with the docker or podman that is there
        """;

    private static readonly string[] Runtimes = ["linux-x64", "linux-arm64"];

    /// <returns>The options, or what is wrong with them.</returns>
    public static (PublishOptions? Options, string? Error) Parse(string[] args, string root)
    {
        var options = new PublishOptions(
            Path.Combine(root, "artifacts", "publish"), RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "linux-arm64" : "linux-x64", Images: false, Help: false);
        for (var i = 0; i < args.Length; i++)
        {
            switch (args[i])
            {
                case "--help" or "-h":
                    options = options with { Help = true };
                    break;
                case "--images":
                    options = options with { Images = true };
                    break;
                case "--output" when i + 1 < args.Length && args[i + 1].Length > 0:
                    options = options with { Output = Path.GetFullPath(args[++i]) };
                    break;
                case "--runtime" when i + 1 < args.Length && Runtimes.Contains(args[i + 1]):
                    options = options with { Runtime = args[++i] };
                    break;
                case "--output":
                    return (null, "--output needs a folder.");
                case "--runtime":
                    return (null, $"--runtime is one of {string.Join(", ", Runtimes)}.");
                default:
                    return (null, $"There is no option {args[i]}: ./publish --help lists them.");
            }
        }

        return (options, null);
    }
}
