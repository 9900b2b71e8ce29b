using System.Text.Json;
using Gateway.Replicas;
using ServiceDefaults.Drift;

namespace Gateway.Drift;

/// <summary>Serves <c>/admin/models/{name}/drift</c>: asks all model servers what they have seen, and answers for all of them together.</summary>
internal static class DriftEndpoints
{
    public static void MapDrift(this WebApplication app)
    {
        var group = app.MapGroup("/admin/models/{name}/drift").RequireAuthorization(Scopes.Admin).WithInvalidFieldStatus(422).ExcludeFromDescription();
        group.MapGet("", ReportAsync);
        group.MapPost("reset", (string name, string? version, ReplicaQuestions replicas, HttpContext http) => ChangeAsync(HttpMethod.Post, "reset", null, name, version, replicas, http));
        group.MapGet("baseline", BaselineAsync);
        group.MapPut("baseline", (DriftBaseline baseline, string name, string? version, ReplicaQuestions replicas, HttpContext http)
            => ChangeAsync(HttpMethod.Put, "baseline", JsonSerializer.SerializeToUtf8Bytes(baseline, DriftJson.Default.DriftBaseline), name, version, replicas, http))
            .WithBodyLimit(4 * 1024 * 1024).Validate<DriftBaseline>(DriftBaselines.Fault);
    }

    private static async Task<IResult> ReportAsync(string name, string? version, ReplicaQuestions replicas, HttpContext http)
    {
        if (!http.User.MayUse(name)) return Unknown(name, version);
        var answers = await replicas.AskAllAsync(http, HttpMethod.Get, PathOf(name));
        if (Told(answers) is not { Length: > 0 } told) return ReplicaAnswer.Refusal(answers);
        return (version ?? DriftReports.VersionOf(told)) is { } asked && DriftReports.Of(told, asked) is { } report ? TypedResults.Ok(report) : Unknown(name, version);
    }

    private static async Task<IResult> BaselineAsync(string name, string? version, ReplicaQuestions replicas, HttpContext http)
    {
        if (!http.User.MayUse(name)) return Unknown(name, version);
        var answers = await replicas.AskAllAsync(http, HttpMethod.Get, PathOf(name));
        if (Told(answers) is not { Length: > 0 } told) return ReplicaAnswer.Refusal(answers);
        if ((version ?? DriftReports.VersionOf(told)) is not { } asked || !told.Any(r => r.Versions.Any(v => v.Version == asked))) return Unknown(name, version);
        return DriftReports.BaselineOf(told, asked) is { } baseline
            ? TypedResults.Ok(baseline)
            : new ApiErrorResult(new(409, "The baseline is not complete: the report says how many observations it has.") { Code = "baseline_incomplete" });
    }

    /// <summary>Has all model servers change something, and reports what is then so.</summary>
    private static async Task<IResult> ChangeAsync(HttpMethod method, string what, byte[]? body, string name, string? version, ReplicaQuestions replicas, HttpContext http)
    {
        if (!http.User.MayUse(name)) return Unknown(name, version);
        var answers = await replicas.AskAllAsync(http, method, $"{PathOf(name)}/{what}{(version is null ? "" : $"?version={Uri.EscapeDataString(version)}")}", body);
        // One that has no such version has nothing to change.
        return answers.Any(a => a.IsSuccess) && answers.All(a => a.IsSuccess || a.Status == StatusCodes.Status404NotFound)
            ? await ReportAsync(name, version, replicas, http)
            : ReplicaAnswer.Refusal(answers);
    }

    private static ReplicaDrift[] Told(IEnumerable<ReplicaAnswer> answers) => [.. answers.Where(a => a.IsSuccess).Select(Read).OfType<ReplicaDrift>()];

    private static ReplicaDrift? Read(ReplicaAnswer answer)
    {
        try
        {
            return JsonSerializer.Deserialize(answer.Body, DriftJson.Default.ReplicaDrift);
        }
        catch (JsonException)
        {
            // A model server of another version of the platform, while it is being replaced.
            return null;
        }
    }

    private static string PathOf(string name) => $"/drift/{Uri.EscapeDataString(name)}";

    private static ApiErrorResult Unknown(string name, string? version)
        => new(new(404, $"The model '{(version is null ? name : $"{name}:{version}")}' does not exist, or nothing of it is watched.") { Param = "model", Code = "model_not_found" });
}
