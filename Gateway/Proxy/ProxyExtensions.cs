using Gateway.Bodies;
using Gateway.Routing;
using Microsoft.Extensions.Options;
using Yarp.ReverseProxy.Forwarder;

namespace Gateway.Proxy;

internal static class ProxyExtensions
{
    public static void AddProxy(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddValidatedOptions<ProxyOptions, ProxyOptionsValidator>(ProxyOptions.SectionName);
        services.AddSingleton<RetryBudget>();
        services.AddReverseProxy().AddTransforms(route =>
        {
            route.RequestTransforms.Add(new DeadlineTransform(route.Services.GetRequiredService<TimeProvider>()));
            route.ResponseTransforms.Add(new AnswerTransform());
        });
        services.AddSingleton<IForwarderHttpClientFactory, ReplicaClientFactory>();
    }

    public static void MapProxy(this WebApplication app)
    {
        // YARP reads its configuration here, before the host would validate any: so that every wrong setting is named, not just the first.
        app.Services.GetRequiredService<IStartupValidator>().Validate();
        var limits = app.Services.GetRequiredService<IOptions<BodyLimitOptions>>().Value;
        app.MapReverseProxy(pipeline =>
        {
            pipeline.UseMiddleware<ModelListing>();
            pipeline.UseMiddleware<ProxyErrors>();
            pipeline.UseMiddleware<ReplicaRetry>();
            pipeline.UseLoadBalancing();
        }).ConfigureEndpoints((endpoint, route) => endpoint.WithBodyLimit(ProxyRoutes.Get(route.RouteId).BodyLimit(limits)));
        app.FollowReplicas();
    }
}
