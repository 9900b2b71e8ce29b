using System.Text.Json;

namespace ModelServer.Check;

/// <summary>The command line of a check.</summary>
internal static class CheckCommand
{
    private const string Json = "--json";

    /// <returns>0 when the model would be served, 1 when not, 2 for arguments that are wrong.</returns>
    public static int Run(string[] args, ModelCheck check, TextWriter output, TextWriter error)
    {
        string[] folders = [.. args.Where(a => a != Json)];
        if (folders is not [var folder] || folder.StartsWith("--", StringComparison.Ordinal))
        {
            error.WriteLine("Name one folder with the files of a model: ./model check DIR [--json]");
            return 2;
        }

        if (!Directory.Exists(folder))
        {
            error.WriteLine($"There is no folder '{folder}'.");
            return 2;
        }

        var report = check.Run(CheckedFolder.Of(folder));
        if (args.Contains(Json)) output.WriteLine(JsonSerializer.Serialize(report, CheckJson.Default.CheckReport));
        else CheckText.Write(report, output);
        return report.IsServed ? 0 : 1;
    }
}
