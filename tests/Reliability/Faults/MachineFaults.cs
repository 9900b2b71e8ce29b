using System.Net;
using System.Text.Json;
using Reliability.Cluster;
using Reliability.Load;

namespace Reliability.Faults;

/// <summary>What happens to what the machine and its surroundings give: disks, clocks, the OIDC provider.</summary>
internal static class MachineFaults
{
    /// <summary>Debian's package faketime.</summary>
    private static readonly string? ClockLibrary = Directory.Exists("/usr/lib") ? Directory.EnumerateDirectories("/usr/lib", "*-linux-gnu*").Select(d => Path.Combine(d, "faketime", "libfaketimeMT.so.1")).FirstOrDefault(File.Exists) : null;

    public static IReadOnlyList<Fault> All { get; } =
    [
        new("disk-full", "the disk of the audit and of the copies of what is active is full for 6 s, while another version is activated", async context =>
        {
            var first = await Rollouts.ActiveAsync(context);
            context.Cluster.Disk.Fill();
            await context.WaitAsync(3);
            await Rollouts.ActivateAsync(context, Rollouts.Other(first));
            await context.WaitAsync(3);
            context.Cluster.Disk.Free();
            context.Mended();
            var written = await WrittenAsync(context);
            await context.EventuallyAsync(async () => await WrittenAsync(context) > written + 10, 20, () => "the audit is written again");
            await Rollouts.ActivateAsync(context, first!);
            context.Note($"{await SumAsync(context, "gateway_audit_dropped_total"):0} audit lines dropped");
            await ReadAuditAsync(context);
        })
        {
            CannotHappen = cluster => cluster.Disk.CannotFill,
        },
        new("authority-away", "the OIDC provider is away for 12 s: known keys stay good, unknown ones are refused", async context =>
        {
            await context.Cluster.Authority.StopAsync();
            for (var i = 0; i < 12; i++)
            {
                var (status, _) = await context.Cluster.Client.TryAsync(HttpMethod.Post, context.AnyGateway().Port, TrafficRequest.Predict, new { text = "Fine." }, context.Cancellation, context.Cluster.Authority.UnknownKeyToken());
                context.Require(status is HttpStatusCode.Unauthorized, $"a token of an unknown key was answered by {(int)status}");
                await context.WaitAsync(1);
            }

            await context.Cluster.Authority.StartAsync();
            context.Mended();
        }),
        new("authority-away-restart", "a gateway is stopped and started again while the OIDC provider is away", async context =>
        {
            var gateway = context.AnyGateway();
            await context.Cluster.Authority.StopAsync();
            await gateway.StopAsync(context.Cancellation);
            gateway.Start();
            await context.EventuallyAsync(() => context.Cluster.Client.IsReadyAsync(gateway.Port, context.Cancellation), 45, () => $"{gateway.Name} is ready without the provider");
            await context.WaitAsync(3);
            await context.Cluster.Authority.StartAsync();
            context.Mended();
        })
        {
            // It knows no key of the provider yet, says so by 503, and asks again every ten seconds.
            Allowed = [new(Outcome.Refused)],
        },
        new("clock-jumps", "a gateway's clock jumps an hour ahead, and then to an hour behind", async context =>
        {
            var gateway = context.AnyGateway();
            var offset = Path.Combine(context.Cluster.Shape.Folder, "clock");
            await File.WriteAllTextAsync(offset, "+0", context.Cancellation);
            await gateway.StopAsync(context.Cancellation);
            gateway.Start(new Dictionary<string, string>
            {
                ["LD_PRELOAD"] = ClockLibrary!,
                ["FAKETIME_TIMESTAMP_FILE"] = offset,
                ["FAKETIME_NO_CACHE"] = "1",
                // Time between two moments goes on as it does: no clock of a kernel jumps there.
                ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
            });
            await context.Cluster.HealthyAsync(TimeSpan.FromSeconds(60), context.Cancellation);
            foreach (var jump in new[] { "+3600", "-3600", "+0" })
            {
                await File.WriteAllTextAsync(offset, jump, context.Cancellation);
                await context.WaitAsync(4);
            }

            await gateway.StopAsync(context.Cancellation);
            gateway.Start();
            context.Mended();
        })
        {
            // The gateway's own tokens for API keys are dated by a clock that the model servers do not share; and a key that it remembers is too old at once, so that
            // one which Redis is slow to tell of again cannot be checked.
            Allowed = [new(Outcome.Denied), new(Outcome.Refused)],
            CannotHappen = _ => ClockLibrary is null ? "libfaketime is not installed (Debian's package faketime)" : null,
        },
    ];

    private static Task<double> WrittenAsync(FaultContext context) => SumAsync(context, "gateway_audit_written_total");

    private static async Task<double> SumAsync(FaultContext context, string family)
    {
        var sum = 0d;
        foreach (var gateway in context.Cluster.Gateways) sum += MetricValues.Sum(await context.Cluster.Client.MetricsAsync(gateway.Port, context.Cancellation), family);
        return sum;
    }

    /// <summary>Every line of the audit must be whole: one that was cut where the disk ended would be lost, and the next one with it.</summary>
    private static async Task ReadAuditAsync(FaultContext context)
    {
        var (whole, broken) = (0, 0);
        foreach (var file in Enumerable.Range(0, context.Cluster.Gateways.Length).SelectMany(i => Directory.GetFiles(context.Cluster.AuditFolder(i), "*.jsonl")))
        {
            using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
            var text = await reader.ReadToEndAsync(context.Cancellation);
            // What stands behind the last line break is being written.
            foreach (var line in text.Split('\n')[..^1])
            {
                try
                {
                    using var _ = JsonDocument.Parse(line);
                    whole++;
                }
                catch (JsonException)
                {
                    broken++;
                }
            }
        }

        context.Note($"{whole} audit lines read");
        context.Require(broken == 0, $"{broken} audit lines cannot be read");
    }
}
