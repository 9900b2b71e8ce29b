namespace Gateway.ApiDocs;

/// <summary>Routes of the Open Inference Protocol v2, which the clients of KServe and Triton speak.</summary>
internal static class OpenInferenceRoutes
{
    private const string Model = "/v2/models/{id}", Version = Model + "/versions/{version}", Repository = "/v2/repository";

    private const int Malformed = 400;

    private const string InferExample = """
        {"id":"1","inputs":[{"name":"input-0","shape":[2],"datatype":"BYTES","data":["A lovely film.","A waste of time."]}],"outputs":[{"name":"label"},{"name":"score"}]}
        """;

    private const string InferAnswer = """
        {"model_name":"sentiment","model_version":"1","id":"1","outputs":[{"name":"label","datatype":"BYTES","shape":[2],"data":["POSITIVE","NEGATIVE"]},
        {"name":"score","datatype":"FP32","shape":[2],"data":[0.99,0.98]}]}
        """;

    private const string Description = """
        {"name":"sentiment","versions":["1"],"platform":"onnx_onnxv1","inputs":[{"name":"input_ids","datatype":"INT64","shape":[-1,-1]},
        {"name":"attention_mask","datatype":"INT64","shape":[-1,-1]},{"name":"input-0","datatype":"BYTES","shape":[-1]}],
        "outputs":[{"name":"logits","datatype":"FP32","shape":[-1,2]},{"name":"output-0","datatype":"INT64","shape":[-1]},{"name":"label","datatype":"BYTES","shape":[-1]},
        {"name":"score","datatype":"FP32","shape":[-1]},{"name":"scores","datatype":"FP32","shape":[-1,2]}]}
        """;

    public static readonly PublicRoute[] All =
    [
        new("GET", "/v2", "getInferenceServer", Tags.OpenInference, "Names the server, its version and the extensions that it has.", Scopes.ModelsRead)
        {
            IsForwarded = true,
            Response = typeof(InferenceServer),
            ResponseExample = """{"name":"modelserver","version":"1.0.0","extensions":["binary_tensor_data","classification","model_repository","schedule_policy"]}""",
        },
        new("GET", "/v2/health/live", "getInferenceLive", Tags.OpenInference, "Answers 200 while the gateway runs.", null) { Response = typeof(InferenceLive) },
        new("GET", "/v2/health/ready", "getInferenceReady", Tags.OpenInference, "Answers 200 while a model server is ready for requests.", null) { Response = typeof(InferenceReady), IsProbe = true },
        Described(Model, "getInferenceModel"),
        Described(Version, "getInferenceModelVersion"),
        Ready(Model, "getInferenceModelReady"),
        Ready(Version, "getInferenceModelVersionReady"),
        Infer(Model, "infer", "Runs tensors through a model's graph, or texts through its task. Tensors may follow the JSON as binary data."),
        Infer(Version, "inferVersion", "Runs tensors or texts through one version of a model."),
        new("POST", Repository + "/index", "indexRepository", Tags.OpenInference, "Lists the versions of all models and their states.", Scopes.ModelsRead)
        {
            IsForwarded = true,
            Request = typeof(RepositoryIndexRequest),
            IsRequestOptional = true,
            RequestExample = """{"ready":true}""",
            Response = typeof(RepositoryModel[]),
            ResponseExample = """[{"name":"sentiment","version":"1","state":"READY","reason":""}]""",
            InvalidFieldStatus = Malformed,
        },
        new("POST", Repository + "/models/{id}/load", "loadModel", Tags.OpenInference, "Loads the highest version on every model server and makes it the active one; answers when it is.", Scopes.Admin)
        {
            Response = typeof(RepositoryLoad),
            OtherStatuses = [400, 404, 409, 503, 504, 507],
        },
        new("POST", Repository + "/models/{id}/unload", "unloadModel", Tags.OpenInference, "Frees all versions on every model server after their last requests; answers when they are.", Scopes.Admin)
        {
            Response = typeof(RepositoryUnload),
            OtherStatuses = [400, 404, 409, 503, 504],
        },
    ];

    private static PublicRoute Described(string path, string id) => new("GET", path, id, Tags.OpenInference, "Tells what a model takes and gives.", Scopes.ModelsRead)
    {
        IsForwarded = true,
        Response = typeof(InferenceModel),
        ResponseExample = Description,
        OtherStatuses = [404],
    };

    private static PublicRoute Ready(string path, string id) => new("GET", path + "/ready", id, Tags.OpenInference, "Answers 200 while the model can be asked.", Scopes.ModelsRead)
    {
        IsForwarded = true,
        Response = typeof(InferenceModelReady),
        OtherStatuses = [404],
    };

    private static PublicRoute Infer(string path, string id, string summary) => new("POST", path + "/infer", id, Tags.OpenInference, summary, Scopes.Infer)
    {
        IsForwarded = true,
        Request = typeof(InferenceRequest),
        RequestExample = InferExample,
        Response = typeof(InferenceResponse),
        ResponseExample = InferAnswer,
        InvalidFieldStatus = Malformed,
        OtherStatuses = [404],
    };
}
