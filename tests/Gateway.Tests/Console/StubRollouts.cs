using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.RegularExpressions;
using Gateway.Tests.Hosting;
using Microsoft.Playwright;

namespace Gateway.Tests.Console;

/// <summary>The administration of rollouts as the page sees it: one model with two versions that change at once or, while <see cref="IsSlow"/>, by and by.</summary>
internal sealed partial class StubRollouts
{
    private readonly Dictionary<string, string> _states = new() { ["2"] = "unloaded", ["1"] = "ready" };
    private readonly List<object> _history = [];
    private string? _previous;
    private string _active = "1";
    private object? _trial;
    private (string Version, double Percent) _share;
    private int _left;

    /// <summary>Whether a change takes two questions, with 202 before.</summary>
    public bool IsSlow { get; set; }

    /// <summary>What to refuse the next change with.</summary>
    public (int Status, string Detail)? Refusal { get; set; }

    /// <summary>Changes that were asked for: path, space, body.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    public async Task AnswerAsync(IRoute route)
    {
        var request = route.Request;
        var path = new Uri(request.Url).AbsolutePath;
        var status = 200;
        if (path.EndsWith("/drift", StringComparison.Ordinal))
        {
            await FulfillAsync(route, 200, new
            {
                model = "sentiment",
                version = _active,
                state = "alarm",
                baseline = new { samples = 1000, of = 1000 },
                features = new object[] { new { feature = "confidence", psi = 0.04, alarm = false }, new { feature = "unknown_share", psi = 0.93, alarm = true } },
                quality = new { samples = 3, accuracy = 0.667 },
            });
            return;
        }

        if (request.Method == "POST")
        {
            Asked.Enqueue($"{path} {request.PostData}".Trim());
            if (Refusal is { } refusal)
            {
                Refusal = null;
                await FulfillAsync(route, refusal.Status, new { title = "No", status = refusal.Status, detail = refusal.Detail });
                return;
            }

            Change(path, request.PostData);
            if (IsSlow) (_left, status) = (2, 202);
        }
        else if (_left > 0)
        {
            _left--;
        }

        await FulfillAsync(route, status, path == "/admin/models" ? new { data = new[] { Card() } } : Card());
    }

    private void Change(string path, string? body)
    {
        var action = Action().Match(path);
        var (version, verb) = (action.Groups["version"].Value, action.Groups["verb"].Value);
        switch (verb)
        {
            case "load":
                _states[version] = "ready";
                break;
            case "unload":
                _states[version] = "unloaded";
                break;
            case "activate":
                (_previous, _active, _states[version], _trial) = (_active, version, "ready", null);
                break;
            case "canary":
                _share = (version, JsonDocument.Parse(body!).RootElement.GetProperty("percent").GetDouble());
                (_states[version], _trial) = ("ready", Trial(version, "canary", _share.Percent));
                break;
            case "shadow":
                (_states[version], _trial, _share) = ("ready", Trial(version, "shadow", null), default);
                break;
            default:
                (version, _active, _previous, _trial, _share) = (_previous ?? _active, _previous ?? _active, null, null, default);
                break;
        }

        _history.Insert(0, new { at = DateTimeOffset.UtcNow, by = "tester", action = verb is "" ? "rollback" : verb, version, reason = (string?)null });
    }

    private static object Trial(string version, string stage, double? percent) => new
    {
        id = 3,
        version,
        goal = stage,
        stage,
        percent,
        since = DateTimeOffset.UtcNow.AddMinutes(-1),
        until = DateTimeOffset.UtcNow.AddMinutes(9),
        comparison = new
        {
            requests = 120,
            errors = 0,
            error_rate = 0.0,
            baseline_error_rate = 0.01,
            latency_ms = 1.9,
            baseline_latency_ms = 1.8,
            shadow = stage == "shadow" ? new { compared = 100, agreement = 0.99, mean_distance = 0.01 } : null,
        },
    };

    private object Card() => new
    {
        id = "sentiment",
        task = "text-classification",
        revision = 12,
        changed_at = DateTimeOffset.UtcNow.AddHours(-1),
        active_version = _active,
        previous_version = _previous,
        is_chosen = _previous is not null,
        trial = _trial,
        versions = _states.Select(s => new
        {
            version = s.Key,
            state = _left > 0 && s.Key == "2" ? "loading" : s.Value,
            role = s.Key == _active ? "active" : s.Key == _previous ? "previous" : _trial is not null ? "canary" : null,
            traffic_percent = s.Key == _share.Version ? _share.Percent : s.Key == _active ? 100 - _share.Percent : 0,
            reason = s.Value == "unloaded" ? "It was unloaded by tester." : null,
            task = "text-classification",
            memory_bytes = 41_200_000,
            replicas = new[] { new { replica = "modelserver-1", state = s.Value, reason = (string?)null, memory_bytes = 41_200_000, leases = 1 } },
        }),
        history = _history,
    };

    private static Task FulfillAsync(IRoute route, int status, object body)
        => route.FulfillAsync(new() { Status = status, ContentType = status < 400 ? "application/json" : "application/problem+json", Body = JsonSerializer.Serialize(body, TestModels.Json) });

    [GeneratedRegex("/versions/(?<version>[^/]+)/(?<verb>[a-z]+)$")]
    private static partial Regex Action();
}
