using System.Text.Json.Serialization;

namespace ModelServer.Doctor;

/// <summary>What a model server would find on this machine, for <c>./start --doctor</c>.</summary>
/// <param name="EngineVersion">Of ONNX Runtime; null where its library cannot be loaded.</param>
/// <param name="EngineError">Why it cannot.</param>
/// <param name="HasCudaProvider">Whether this build of the engine has one.</param>
/// <param name="MissingCudaLibraries">Libraries that the provider needs and this machine cannot load.</param>
/// <param name="Models">Every version in the models folder.</param>
internal sealed record DoctorReport(string? EngineVersion, string? EngineError, bool HasCudaProvider, string[] MissingCudaLibraries, DoctorModel[] Models);

/// <param name="Bytes">Of its graph with its weights; 0 where it has none.</param>
/// <param name="Reason">Why it would be refused at a glance; null for no reason that shows without loading it.</param>
internal sealed record DoctorModel(string Name, string Version, long Bytes, string? Reason);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(DoctorReport))]
internal sealed partial class DoctorJson : JsonSerializerContext;
