using AppHost;
using AppHost.Authentication;
using AppHost.Cache;
using AppHost.Startup;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

if (args is ["token", .. var request]) return TokenCommand.Run(request, Console.Out, Console.Error);

try
{
    var options = StartArguments.Parse(args);
    var builder = DistributedApplication.CreateBuilder(options);
    builder.Services.AddLogging(logging => logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning).AddFilter("Aspire.Hosting.Dcp", LogLevel.Warning));
    var platform = PlatformOptions.From(builder);

    var tokens = builder.AddTokenTrust();
    var cache = builder.AddCache();
    var gateway = builder.AddGateway(platform).WithTokenTrust(tokens);
    if (cache is not null) gateway.WithReference(cache, "cache");
    foreach (var replica in Enumerable.Range(1, platform.Replicas))
    {
        var modelServer = builder.AddModelServer(replica, platform).WithTokenTrust(tokens).WithModelsCommand(tokens);
        if (cache is not null) modelServer.WithReference(cache, "cache");
        gateway.WithReference(modelServer);
    }

    builder.AddReadyNotice(gateway, platform, tokens, hasDashboard: !options.DisableDashboard);
    builder.Build().Run();
    return Environment.ExitCode;
}
catch (DistributedApplicationException e)
{
    // What the user asked for cannot be: the sentence is the whole answer.
    Console.Error.WriteLine(e.Message);
    return 2;
}
