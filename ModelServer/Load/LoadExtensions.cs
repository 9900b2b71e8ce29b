namespace ModelServer.Load;

internal static class LoadExtensions
{
    public static void AddLoad(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<LoadMeter>();
        builder.Services.AddSingleton<LoadMetrics>();
    }

    public static void UseLoad(this WebApplication app)
    {
        // Its instruments are there from the start, not from the first request on.
        app.Services.GetRequiredService<LoadMetrics>();
        app.UseMiddleware<LoadReporting>();
    }
}
