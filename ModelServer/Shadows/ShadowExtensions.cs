using ModelServer.Generation;
using ModelServer.Inference;

namespace ModelServer.Shadows;

internal static class ShadowExtensions
{
    /// <summary>Versions that answer in shadow, while a rollout's trial asks for it.</summary>
    public static void AddShadows(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddValidatedOptions<ShadowOptions, ShadowOptionsValidator>(ShadowOptions.SectionName);
        services.AddSingleton<ShadowMetrics>();
        services.AddSingleton<ShadowTrials>();
        services.AddSingleton<IEncoderObserver>(provider => provider.GetRequiredService<ShadowTrials>());
        services.AddSingleton<ITextObserver>(provider => provider.GetRequiredService<ShadowTrials>());
        services.AddHostedService(provider => provider.GetRequiredService<ShadowTrials>());
    }
}
