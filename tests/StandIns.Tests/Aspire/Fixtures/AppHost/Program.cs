var builder = DistributedApplication.CreateBuilder(new DistributedApplicationOptions
{
    Args = args,
    DisableDashboard = args.Contains("--no-dashboard"),
});

var key = builder.AddParameter("signing-key", new GenerateParameterDefault { MinLength = 64, Special = false }, secret: true, persist: true);
var cache = builder.AddRedis("cache");

var one = builder.AddProject<Projects.Service>("one", launchProfileName: null)
    .WithHttpEndpoint()
    .WithEnvironment("SIGNING_KEY", key)
    .WithReference(cache)
    .WaitFor(cache)
    .WithHttpHealthCheck("/health");

builder.AddProject<Projects.Service>("front", launchProfileName: null)
    .WithHttpEndpoint()
    .WithExternalHttpEndpoints()
    .WithReference(one)
    .WaitFor(one)
    .WithHttpHealthCheck("/health")
    .WithCommand("greet", "Greet", _ => Task.FromResult(CommandResults.Success("hello")), new CommandOptions { IconName = "Emoji" });

builder.Build().Run();
