using ModelServer.Encoders;

namespace ModelServer.Inference;

internal static class InferenceExtensions
{
    /// <summary>What every encoder's task needs to load its model and to answer with it.</summary>
    public static void AddInference(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<EncoderFactory>();
        builder.Services.AddSingleton<EncoderPipeline>();
    }
}
