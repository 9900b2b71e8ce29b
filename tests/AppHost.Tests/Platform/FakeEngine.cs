namespace AppHost.Tests.Platform;

/// <summary>A program with the name of a container engine that answers as one would.</summary>
internal static class FakeEngine
{
    /// <returns>The program's path; beside it a log of what it was asked.</returns>
    public static string Write(string folder, string name, string version, bool answers = true, bool hasImage = true, bool pulls = true)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllText(path, $$"""
            #!/bin/sh
            echo "$*" >> '{{path}}.log'
            case "$1" in
              --version) echo '{{version}}' ;;
              info) {{(answers ? "echo fine" : "exit 1")}} ;;
              image) {{(hasImage ? "echo '[{}]'" : "exit 1")}} ;;
              pull) {{(pulls ? "echo sha256:0" : "exit 1")}} ;;
              *) exit 1 ;;
            esac
            """);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }
}
