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
            route.RequestTransforms.Add(new AttemptTransform());
            route.RequestTransforms.Add(new ResponseNumberTransform());
            route.RequestTransforms.Add(new LoneRequestTransform());
            route.ResponseTransforms.Add(new AnswerTransform());
        });
        services.AddSingleton<IForwarderHttpClientFactory, ReplicaClientFactory>();
    }

    public static void MapProxy(this WebApplication app)
    {
        var limits = app.Services.GetRequiredService<IOptions<BodyLimitOptions>>();
        app.MapReverseProxy(pipeline =>
        {
            pipeline.UseMiddleware<ModelListing>();
            pipeline.UseMiddleware<ProxyErrors>();
            pipeline.UseMiddleware<ReplicaRetry>();
            pipeline.UseLoadBalancing();
        }).ConfigureEndpoints((endpoint, route) => endpoint.WithBodyLimit(ProxyRoutes.Get(route.RouteId).BodyLimit(limits.Value)));
        app.FollowReplicas();
    }
}
