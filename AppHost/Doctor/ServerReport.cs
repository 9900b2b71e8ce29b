using System.Text.Json;
using AppHost.Commands;

namespace AppHost.Doctor;

/// <summary>What the model server's program finds here: it knows its engine and its models, and a library that ends its process ends none of ours.</summary>
internal sealed record ServerReport(string? EngineVersion, string? EngineError, bool HasCudaProvider, string[] MissingCudaLibraries, ServerModel[] Models)
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <returns>The report, or why there is none.</returns>
    public static async Task<(ServerReport? Report, string? Failure)> AskAsync(string models, CancellationToken cancellationToken)
    {
        var program = CheckCommand.ServerProgram();
        if (!File.Exists(program)) return (null, "the model server is not built");
        return Read(await Tool.AskAsync("dotnet", Path.GetDirectoryName(program)!, ["exec", program, "doctor", models], cancellationToken));
    }

    internal static (ServerReport? Report, string? Failure) Read(ToolAnswer? answer)
    {
        if (answer is null) return (null, "the model server's program did not answer");
        try
        {
            if (answer.ExitCode == 0 && JsonSerializer.Deserialize<ServerReport>(answer.Output.Split('\n')[^1], Json) is { } report) return (report, null);
        }
        catch (JsonException)
        {
            // What it says instead is the finding.
        }

        return (null, $"the model server's program ended with exit code {answer.ExitCode}: {(answer.Error.Length > 0 ? answer.Error.Split('\n')[0] : answer.FirstLine)}");
    }
}

/// <param name="Bytes">Of its graph with its weights.</param>
/// <param name="Reason">Why it would be refused.</param>
internal sealed record ServerModel(string Name, string Version, long Bytes, string? Reason);
