using ModelServer.Encoders;
using ModelServer.Inference;
using ModelServer.Requests;
using ModelServer.Scheduling;
using ServiceDefaults;

namespace ModelServer.Runtime;

internal static class RuntimeExtensions
{
    /// <summary>The device, chosen when the first model needs it, and what a full queue or a failed run means to a caller.</summary>
    public static void AddRuntime(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddValidatedOptions<InferenceOptions, InferenceOptionsValidator>(InferenceOptions.SectionName);
        services.AddSingleton(provider => new Lazy<ExecutionDevice>(() => ActivatorUtilities.CreateInstance<ExecutionDevice>(provider)));
        services.AddSingleton<EncoderPipeline>();
        services.MapException<DeadlineExceededException>(e => new(504, e.Message) { Code = "deadline_exceeded" });
        services.MapException<InputTooLongException>(e => new(422, e.Message) { Param = e.Param, Code = "input_too_long" });
        services.MapException<InvalidFieldException>(e => new(422, e.Message) { Param = e.Param, Code = "field_invalid" });
        services.MapException<OverloadedException>(e => new(503, e.Message) { Code = "overloaded", RetryAfter = e.RetryAfter });
        services.MapException<InferenceFailedException>(_ => new(500, "The engine failed to answer this request.") { Code = "inference_failed" });
    }
}
