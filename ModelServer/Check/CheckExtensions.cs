namespace ModelServer.Check;

internal static class CheckExtensions
{
    private const string Command = "check";

    /// <summary><c>ModelServer check DIR [--json]</c>: everything that loads models, and nothing that talks.</summary>
    public static void AddCheck(this WebApplicationBuilder builder, string[] args)
    {
        if (args is not [Command, ..]) return;
        builder.Services.AddSingleton<ModelCheck>();
        builder.Logging.ClearProviders();
        builder.Configuration["Inference:Device"] = "cpu";
    }

    /// <summary>Whether it was a check that was asked for; then it has been done, and the process has its exit code.</summary>
    public static bool RanCheck(this WebApplication app, string[] args)
    {
        if (args is not [Command, .. var asked]) return false;
        Environment.ExitCode = CheckCommand.Run(asked, app.Services.GetRequiredService<ModelCheck>(), Console.Out, Console.Error);
        return true;
    }
}
