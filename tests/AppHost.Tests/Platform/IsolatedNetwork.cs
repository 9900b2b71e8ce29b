using System.Diagnostics;
using AppHost.Tests.Clients;
using Testing;

namespace AppHost.Tests.Platform;

/// <summary>
/// A network of its own with loopback and one way out, which leads nowhere and counts what is sent: packets to any other address, and questions to
/// the resolver, which is out there as well. Its device has no IPv6, so an IPv6 address that was not looked up by name is not counted.
/// </summary>
internal sealed class IsolatedNetwork : IDisposable
{
    private const string Setup = """
        set -e
        mount --make-rprivate /
        mount --bind "$1" /etc/resolv.conf
        ip link add out type veth peer name nowhere
        for device in out nowhere; do
          if [ -d /proc/sys/net/ipv6 ]; then echo 1 > /proc/sys/net/ipv6/conf/$device/disable_ipv6; fi
          ip link set $device up
        done
        ip link set lo up
        ip addr add 192.0.2.2/24 dev out
        ip route add default via 192.0.2.1 dev out
        ip neigh add 192.0.2.1 lladdr 02:00:00:00:00:01 dev out
        echo ready
        exec sleep infinity
        """;

    private readonly string _resolver = Path.GetTempFileName();
    private readonly Process _holder;

    private IsolatedNetwork()
    {
        File.WriteAllText(_resolver, "nameserver 192.0.2.1\noptions timeout:1 attempts:1\n");
        _holder = Process.Start(new ProcessStartInfo("unshare", ["--net", "--mount", "bash", "-c", Setup, "setup", _resolver]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
    }

    /// <summary>Packets sent to anywhere else so far.</summary>
    public long PacketsOut => long.Parse(File.ReadLines($"/proc/{_holder.Id}/net/dev").Single(line => line.TrimStart().StartsWith("out:", StringComparison.Ordinal))
        .Split(' ', StringSplitOptions.RemoveEmptyEntries)[10]);

    /// <returns>Null where this user or kernel does not allow it; <paramref name="refusal"/> says why.</returns>
    public static IsolatedNetwork? TryCreate(out string refusal)
    {
        var network = new IsolatedNetwork();
        refusal = "";
        if (network._holder.StandardOutput.ReadLine() == "ready") return network;
        refusal = network._holder.StandardError.ReadToEnd().Trim();
        network.Dispose();
        return null;
    }

    public PlatformProcess Start(params string[] args) => new("nsenter", [.. Inside, "dotnet", PlatformProcess.Host, .. args], []);

    public Task<(int ExitCode, string Output, string Errors)> RunAsync(string script, IReadOnlyDictionary<string, string> environment)
        => ChildCommand.RunAsync("nsenter", [.. Inside, "bash", "-eu"], script, environment);

    public void Dispose()
    {
        if (!_holder.HasExited) _holder.Kill();
        _holder.WaitForExit();
        _holder.Dispose();
        File.Delete(_resolver);
    }

    private string[] Inside => [$"--net=/proc/{_holder.Id}/ns/net", $"--mount=/proc/{_holder.Id}/ns/mnt", "--"];
}

/// <summary>A test in an <see cref="IsolatedNetwork"/>; skipped by name where there can be none.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class IsolatedFactAttribute : FactAttribute
{
    public IsolatedFactAttribute()
    {
        if (!OperatingSystem.IsLinux() || !Programs.Has("unshare") || !Programs.Has("nsenter") || !Programs.Has("ip") || !Programs.Has("curl"))
        {
            Skip = "This test needs Linux with unshare, nsenter, ip and curl.";
            return;
        }

        using var network = IsolatedNetwork.TryCreate(out var refusal);
        if (network is null) Skip = $"No network namespace can be made here: {refusal}";
    }
}
