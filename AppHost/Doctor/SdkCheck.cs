using System.Text.Json;

namespace AppHost.Doctor;

/// <summary>The .NET SDK, beside what <c>global.json</c> asks for.</summary>
internal static class SdkCheck
{
    private const string Name = ".NET SDK";

    public static string? Wanted(string root)
    {
        using var file = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(root, "global.json")));
        return file.RootElement.GetProperty("sdk").GetProperty("version").GetString();
    }

    /// <param name="found">What <c>dotnet --version</c> said in the repository, which obeys <c>global.json</c>; null where there is no dotnet.</param>
    public static DoctorResult Of(string? wanted, ToolAnswer? found)
    {
        var fix = $"install the SDK {wanted} or a later one of .NET {wanted?.Split('.')[0]}: https://dotnet.microsoft.com/download";
        if (found is null) return DoctorResult.Fail(Name, "dotnet is not on the PATH.", fix);
        if (found.ExitCode != 0) return DoctorResult.Fail(Name, $"none fits global.json, which asks for {wanted}: {found.FirstLine}", fix);
        return IsOlder(found.Output, wanted) ? DoctorResult.Fail(Name, $"{found.Output} is older than {wanted}, which global.json asks for.", fix) : DoctorResult.Ok(Name, $"{found.Output} (global.json: {wanted})");
    }

    private static bool IsOlder(string found, string? wanted)
        => Version.TryParse(found.Split('-')[0], out var has) && Version.TryParse(wanted, out var needs) && (has.Major != needs.Major || has < needs);
}
