using AppHost;
using AppHost.Authentication;
using AppHost.Cache;
using AppHost.Startup;

if (args is ["token", .. var request]) return TokenCommand.Run(request, Console.Out, Console.Error);

var builder = DistributedApplication.CreateBuilder(StartArguments.Parse(args));
var platform = PlatformOptions.From(builder);

var tokens = builder.AddTokenTrust();
var cache = builder.AddCache();

var gateway = builder.AddProject<Projects.Gateway>("gateway", launchProfileName: null)
    .WithHttpEndpoint(port: platform.GatewayPort)
    .WithExternalHttpEndpoints()
    .WithHttpHealthCheck("/ready")
    .WithEnvironment("ASPNETCORE_ENVIRONMENT", builder.Environment.EnvironmentName)
    .WithTokenTrust(tokens)
    .WithUrls(gateway => gateway.Urls.Add(new() { Url = "/docs", DisplayText = "API docs", Endpoint = gateway.GetEndpoint("http") }));

foreach (var replica in Enumerable.Range(1, platform.Replicas))
{
    var modelServer = builder.AddProject<Projects.ModelServer>($"modelserver-{replica}", launchProfileName: null)
        .WithHttpEndpoint()
        .WithHttpHealthCheck("/ready")
        .WithEnvironment("ASPNETCORE_ENVIRONMENT", builder.Environment.EnvironmentName)
        .WithEnvironment("Models__Folder", platform.ModelsFolder)
        .WithEnvironment("Inference__Device", platform.Device)
        .WithEnvironment("Inference__Cores", platform.CoresPerReplica)
        .WithTokenTrust(tokens)
        .WithModelsCommand();
    if (cache is not null) modelServer.WithReference(cache, "cache");
    gateway.WithReference(modelServer);
}

builder.AddReadyNotice(gateway, platform);
builder.Build().Run();
return Environment.ExitCode;
