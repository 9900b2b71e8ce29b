namespace ModelServer.Runtime;

internal static class RuntimeExtensions
{
    /// <summary>The device, chosen when the first model needs it, and what a failed run means to a caller.</summary>
    public static void AddRuntime(this WebApplicationBuilder builder)
    {
        NativeHeap.Configure();
        var services = builder.Services;
        services.AddValidatedOptions<InferenceOptions, InferenceOptionsValidator>(InferenceOptions.SectionName);
        services.AddSingleton(provider => new Lazy<ExecutionDevice>(() => ActivatorUtilities.CreateInstance<ExecutionDevice>(provider)));
        services.MapException<InferenceFailedException>(_ => new(500, "The engine failed to answer this request.") { Code = "inference_failed" });
    }
}
