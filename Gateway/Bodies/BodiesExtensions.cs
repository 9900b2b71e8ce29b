
namespace Gateway.Bodies;

internal static class BodiesExtensions
{
    public static void AddBodies(this WebApplicationBuilder builder)
    {
        builder.Services.AddValidatedOptions<BodyLimitOptions, BodyLimitOptionsValidator>(BodyLimitOptions.SectionName);
        builder.Services.AddValidatedOptions<ReplayOptions, ReplayOptionsValidator>(ReplayOptions.SectionName);
    }
}
