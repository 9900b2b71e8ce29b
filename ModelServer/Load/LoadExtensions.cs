namespace ModelServer.Load;

internal static class LoadExtensions
{
    public static void AddLoad(this WebApplicationBuilder builder) => builder.Services.AddSingleton<LoadMeter>();

    public static void UseLoad(this WebApplication app) => app.UseMiddleware<LoadReporting>();
}
