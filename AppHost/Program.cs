using AppHost;
using AppHost.Authentication;
using AppHost.Cache;
using AppHost.Commands;
using AppHost.Doctor;
using AppHost.Observability;
using AppHost.Rollouts;
using AppHost.Startup;

switch (args)
{
    case ["token", .. var request]: return TokenCommand.Run(request, Console.Out, Console.Error);
    case ["model", .. var rest]: return ModelCommand.Run(rest, Console.Out, Console.Error);
    case [GarnetCommand.Name]: return GarnetCommand.Run(Console.Error);
}

try
{
    var start = StartArguments.Parse(args);
    if (start.WantsHelp)
    {
        Console.Out.Write(StartArguments.ReadHelp());
        return 0;
    }

    if (start.WantsDoctor) return DoctorCommand.Run(start.Configuration, Console.Out);

    Quiet.CallNobody();
    var builder = DistributedApplication.CreateBuilder(start.ToOptions());
    builder.AddQuietLogging();
    var platform = PlatformOptions.From(builder);

    var tokens = builder.AddTokenTrust();
    var cache = builder.AddCache(platform);
    var gateway = builder.AddGateway(platform).WithTokenTrust(tokens).WithRolloutCommands(tokens).WithDoctorCommand();
    if (cache is not null) gateway.WithReference(cache, "cache");
    var modelServers = new List<IResourceBuilder<ProjectResource>>();
    foreach (var modelServer in builder.AddModelServers(platform))
    {
        modelServer.WithTokenTrust(tokens).WithModelsCommand(tokens);
        if (cache is not null) modelServer.WithReference(cache, "cache");
        gateway.WithModelServer(modelServer, platform);
        modelServers.Add(modelServer);
    }

    if (start.HasObservability) builder.AddObservability(platform, tokens, gateway, modelServers);
    builder.AddNotice(gateway, platform, tokens, start.HasDashboard);
    builder.Build().Run();
    return Environment.ExitCode;
}
catch (DistributedApplicationException e)
{
    // What the user asked for cannot be: the sentence is the whole answer.
    Console.Error.WriteLine(e.Message);
    return 2;
}
