using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ServiceDefaults.Contracts;

/// <summary>The answer of <c>GET /v2</c>.</summary>
public sealed record InferenceServer(string Name, string Version, string[] Extensions);

/// <summary>The answer of <c>GET /v2/health/live</c>.</summary>
public sealed record InferenceLive(bool Live);

/// <summary>The answer of <c>GET /v2/health/ready</c>.</summary>
public sealed record InferenceReady(bool Ready);

/// <summary>The answer of <c>GET /v2/models/{model}/ready</c>.</summary>
public sealed record InferenceModelReady(string Name, bool Ready);

/// <summary>The answer of <c>GET /v2/models/{model}</c>.</summary>
public sealed record InferenceModel(
    string Name,
    [property: Description("Those that can be asked for.")] string[] Versions,
    string Platform,
    InferenceTensor[] Inputs,
    InferenceTensor[] Outputs);

/// <summary>What a model takes or gives.</summary>
public sealed record InferenceTensor(string Name, string Datatype, [property: Description("-1 for a free axis.")] long[] Shape);

/// <summary>The body of <c>POST /v2/models/{model}/infer</c>, or its beginning where tensors follow as binary data.</summary>
public sealed record InferenceRequest(
    [property: Required] InferenceInput[] Inputs,
    [property: Description("Those wanted; all where none are named.")] InferenceRequestedOutput[]? Outputs = null,
    [property: Description("Returned as it came.")] string? Id = null,
    [property: Description("priority, timeout (microseconds) and binary_data_output; others are ignored.")] JsonElement? Parameters = null);

/// <summary>A tensor that is sent.</summary>
public sealed record InferenceInput(
    [property: Required] string Name,
    [property: Required] string Datatype,
    [property: Required] long[] Shape,
    [property: Description("Flat, or nested as the shape says. Left out where the tensor follows as binary data.")] JsonElement? Data = null,
    [property: Description("binary_data_size: bytes of the tensor behind the JSON.")] JsonElement? Parameters = null);

/// <summary>A tensor that is wanted.</summary>
public sealed record InferenceRequestedOutput(
    [property: Required] string Name,
    [property: Description("binary_data: whether it is to come behind the JSON; classification: how many of the highest values, with index and label.")] JsonElement? Parameters = null);

/// <summary>The answer of <c>POST /v2/models/{model}/infer</c>.</summary>
public sealed record InferenceResponse(
    string ModelName,
    string ModelVersion,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Id,
    InferenceOutput[] Outputs);

/// <summary>A tensor that was computed.</summary>
public sealed record InferenceOutput(
    string Name,
    string Datatype,
    long[] Shape,
    [property: Description("Flat. Left out where the tensor follows as binary data."), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] JsonElement? Data = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] JsonElement? Parameters = null);

/// <summary>The body of <c>POST /v2/repository/index</c>, which may be left out.</summary>
public sealed record RepositoryIndexRequest([property: Description("Only what is ready.")] bool? Ready = null);

/// <summary>A version in the answer of <c>POST /v2/repository/index</c>.</summary>
/// <param name="State">READY, LOADING, UNLOADING or UNAVAILABLE.</param>
public sealed record RepositoryModel(string Name, string Version, string State, string Reason)
{
    public const string IsReady = "READY";

    /// <summary>What each version of a listing is, in the words of the protocol.</summary>
    public static RepositoryModel[] Of(IEnumerable<ModelDescription> models, bool readyOnly)
        => [.. models.SelectMany(m => m.Versions.Select(v => new RepositoryModel(m.Id, v.Version, Word(v.State), v.Reason ?? ""))).Where(m => !readyOnly || m.State == IsReady)];

    private static string Word(string state) => state switch
    {
        ModelVersionDescription.Ready => IsReady,
        ModelVersionDescription.Loading => "LOADING",
        ModelVersionDescription.Deprecated => "UNLOADING",
        _ => "UNAVAILABLE",
    };
}

/// <summary>The answer of <c>POST /v2/repository/models/{model}/load</c>.</summary>
public sealed record RepositoryLoad(string Name, bool Load);

/// <summary>The answer of <c>POST /v2/repository/models/{model}/unload</c>.</summary>
public sealed record RepositoryUnload(string Name, bool Unload);
