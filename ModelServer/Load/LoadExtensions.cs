namespace ModelServer.Load;

internal static class LoadExtensions
{
    public static void AddLoad(this WebApplicationBuilder builder) => builder.Services.AddSingleton<ReplicaLoad>();

    public static void UseLoad(this WebApplication app) => app.UseMiddleware<LoadReporting>();
}
