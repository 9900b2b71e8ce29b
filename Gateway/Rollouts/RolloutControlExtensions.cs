namespace Gateway.Rollouts;

internal static class RolloutControlExtensions
{
    /// <summary>Has this gateway change rollouts and move them on. After <c>AddRollouts</c>, which keeps their documents.</summary>
    public static void AddRolloutControl(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddValidatedOptions<RolloutPolicy, RolloutPolicyValidator>(RolloutPolicy.SectionName);
        services.AddSingleton<RolloutMetrics>();
        services.AddSingleton(provider => new RolloutWriter(
            provider.GetRequiredService<RolloutBoard>(), provider.GetRequiredService<RolloutMetrics>(), provider.GetService<IRolloutStore>()));
        services.AddHostedService<RolloutController>();
    }
}
