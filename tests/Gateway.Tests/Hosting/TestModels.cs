using System.Text.Json;
using Gateway.Models;

namespace Gateway.Tests.Hosting;

/// <summary>Models as a model server tells them.</summary>
internal static class TestModels
{
    public static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Classifiers; the first ready version of each is its active one.</summary>
    public static ModelDescription[] Of(params (string Reference, string State)[] versions)
        => [.. versions.GroupBy(v => v.Reference.Split(':')[0]).Select(model =>
        {
            var active = model.FirstOrDefault(v => v.State == "ready").Reference?.Split(':')[1];
            return new ModelDescription(model.Key, "model", 100, "organization", active is null ? null : "text-classification", active, [.. model.Select(v => Version(v.Reference.Split(':')[1], v.State))]);
        })];

    public static KnownModels Known(params (string Reference, string State)[] versions) => new(new(Of(versions), []));

    private static ModelVersionDescription Version(string version, string state) => state == "ready"
        ? new(version, state, null, "text-classification", "fp32", 128, ["NO", "YES"])
        : new(version, state, state == "error" ? "There is no tokenizer." : null, null, null, null, null);
}
