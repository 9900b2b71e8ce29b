using System.Runtime.Versioning;

namespace Deployment.Tests.Compose;

/// <summary>With a Compose and an engine that keep their containers as files; the one that runs them is tests/Deployment.Tests/Containers/run.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class RollingRestartTests : IDisposable
{
    // A container is a file; it is healthy unless its name is in the file sick.
    private const string Compose = """
        #!/bin/sh
        cd "$STATE/containers"
        case "$1" in
          ps) ls | sort ;;
          port) echo 127.0.0.1:1 ;;
          up)
            echo "$*" >> ../log
            for argument; do case $argument in modelserver=*) wanted=${argument#*=} ;; esac; done
            while [ "$(ls | wc -l)" -lt "$wanted" ]; do
              number=$(($(cat ../next) + 1)); echo $number > ../next; touch "new-$number"
            done ;;
        esac
        """;

    private const string Engine = """
        #!/bin/sh
        echo "$*" >> "$STATE/log"
        for last; do :; done
        [ "$1" != rm ] || rm "$STATE/containers/$last"
        """;

    private const string Curl = """
        #!/bin/sh
        cd "$STATE/containers"
        total=$(ls | wc -l)
        healthy=$(ls | grep -vcxFf ../sick)
        echo "$healthy" >> ../healthy
        echo "{\"status\":\"healthy\",\"memory_usage\":{\"process_bytes\":5},\"replicas\":{\"healthy\":$healthy,\"total\":$total}}"
        """;

    private readonly ShellScript _script = new("rolling-restart");

    public RollingRestartTests()
    {
        if (OperatingSystem.IsWindows()) return;
        _script.Write("compose", Compose);
        _script.Write("engine", Engine);
        _script.Write("curl", Curl);
        _script.Write("next", "0");
        _script.Write("sick", "none\n");
        _script.Write("log", "");
        Directory.CreateDirectory(_script.PathOf("containers"));
    }

    public void Dispose() => _script.Dispose();

    [ScriptFact]
    public async Task Script_ReplacesEachAndNeverHasFewer()
    {
        foreach (var name in (string[])["a", "b", "c"]) File.WriteAllText(_script.PathOf($"containers/{name}"), "");

        var (exitCode, _, error) = await _script.RunAsync();

        Assert.True(exitCode == 0, error);
        Assert.Equal(["new-1", "new-2", "new-3"], Containers());
        Assert.All(File.ReadAllLines(_script.PathOf("healthy")), line => Assert.InRange(int.Parse(line), 3, 4));
        var log = File.ReadAllLines(_script.PathOf("log"));
        Assert.Equal(3, log.Count(l => l == "up -d --no-deps --no-recreate --scale modelserver=4 modelserver"));
        Assert.Equal(["stop -t 45 a", "stop -t 45 b", "stop -t 45 c"], log.Where(l => l.StartsWith("stop", StringComparison.Ordinal)));
    }

    [ScriptFact]
    public async Task Script_NewOneIsNeverReady_LeavesTheOldOnes()
    {
        foreach (var name in (string[])["a", "b"]) File.WriteAllText(_script.PathOf($"containers/{name}"), "");
        _script.Write("sick", "new-1\n");

        var (exitCode, _, error) = await _script.RunAsync();

        Assert.Equal(1, exitCode);
        Assert.Contains("is not ready after 2 seconds", error, StringComparison.Ordinal);
        Assert.Equal(["a", "b"], Containers());
    }

    [ScriptFact]
    public async Task Script_OldOneIsBroken_ReplacesItToo()
    {
        foreach (var name in (string[])["a", "b"]) File.WriteAllText(_script.PathOf($"containers/{name}"), "");
        _script.Write("sick", "a\n");

        Assert.Equal(0, (await _script.RunAsync()).ExitCode);

        Assert.Equal(["new-1", "new-2"], Containers());
    }

    [ScriptFact]
    public async Task Script_WithoutModelServers_SaysSo()
    {
        var (exitCode, _, error) = await _script.RunAsync();
        Assert.Equal(1, exitCode);
        Assert.Contains("There is no model server", error, StringComparison.Ordinal);
    }

    private IEnumerable<string?> Containers() => Directory.GetFiles(_script.PathOf("containers")).Select(Path.GetFileName).Order(StringComparer.Ordinal);
}
