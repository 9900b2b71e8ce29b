using System.Diagnostics.Metrics;
using Gateway.Replicas;
using Gateway.Telemetry;

namespace Gateway.Usage;

/// <summary>Counts requests and tokens by model. A model is one that a model server lists; whatever else is named shares one word, so that nobody grows the label.</summary>
internal sealed class UsageMetrics
{
    private const string None = "none", Other = "other";
    private readonly ReplicaPool _replicas;
    private readonly Counter<long> _requests;
    private readonly Counter<long> _tokens;

    public UsageMetrics(IMeterFactory meters, ReplicaPool replicas)
    {
        _replicas = replicas;
        var meter = meters.Create(GatewayMetrics.MeterName);
        _requests = meter.CreateCounter<long>("gateway.model.requests", "{request}", "Requests by the model that answered and class of status.");
        _tokens = meter.CreateCounter<long>("gateway.tokens", "{token}", "Tokens by model and type (input, output).");
    }

    /// <summary>Counts a request that has been settled.</summary>
    public void RequestEnded(TokenUsage usage, int status)
    {
        var model = new KeyValuePair<string, object?>("model", Known(usage.Model));
        _requests.Add(1, model, new("status", StatusClass.Of(status)));
        if (usage.Prompt is > 0 and var prompt) _tokens.Add(prompt, model, new("type", "input"));
        if (usage.Completion is > 0 and var completion) _tokens.Add(completion, model, new("type", "output"));
    }

    private string Known(string? model)
    {
        if (model is null) return None;
        foreach (var replica in _replicas.All)
            if (replica.Models.All.Contains(model)) return model;
        return Other;
    }
}
