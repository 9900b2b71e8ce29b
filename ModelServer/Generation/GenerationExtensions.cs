using ModelServer.Constraints.Automata;
using ModelServer.Decoders;
using ModelServer.Models;

namespace ModelServer.Generation;

internal static class GenerationExtensions
{
    /// <summary>Text generation, for all routes that do it.</summary>
    public static void AddGeneration(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddValidatedOptions<DecoderOptions, DecoderOptionsValidator>(DecoderOptions.SectionName);
        services.AddValidatedOptions<GenerationOptions, GenerationOptionsValidator>(GenerationOptions.SectionName);
        services.AddSingleton<DecoderMetrics>();
        services.AddSingleton<ConstraintMetrics>();
        services.AddSingleton<DecoderFactory>();
        services.AddSingleton<TextGenerator>();
        services.AddTask<GenerationTask>();
    }
}
