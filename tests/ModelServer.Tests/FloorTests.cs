using Testing;

namespace ModelServer.Tests;

public class FloorTests
{
    private const string Plan = """
        Program
        // What a server would find on this machine, before there is one.
        Doctor
        // Routes of other servers, over ours; what the server would do with a folder.
        HuggingFace  Check  Responses  OpenInference
        // A route over the models of another's task.
        ZeroShot
        // Routes, each feature with its task.
        Classify  Embed  SparseEmbed  Rerank  AnswerQuestions  TokenClassify  FillMask  Generate  OpenAI  Tokenize  Administration  Health
        // Vectors of tokens, by which reranking compares too.
        LateInteraction
        // Which answers were right.
        Feedback
        // Whether a version gets and answers what it did at first.
        Drift
        Load  Metering
        // Answers of versions that nobody gets.
        Shadows
        // One request through an engine.
        // Conversations: what a route asks, and what an answer says.
        Chat
        Inference  Generation
        // Catalog, rollouts, leases; loads through ITask and knows none of them.
        Models
        // Queue, loop and session of one kind of engine in one room.
        // What a text may be because a tool call is demanded; what a text says of tool calls.
        ToolCalls
        Encoders  Decoders  Caching  ChatTemplates  Constraints.JsonSchema
        Constraints.Regex  Constraints.Automata  Constraints.Ebnf
        Constraints
        Sampling
        // Modules beside a graph: what is done to its vectors.
        SentenceTransformers
        // A graph for those who bring its inputs themselves.
        Tensors
        // Queue and threads of a graph whose runs are shared.
        Batching
        Runtime  Admission  Telemetry
        Answers
        Requests  ModelFiles
        Scheduling
        Tokenization.Files
        Tokenization
        Tokenization.AddedTokens  Tokenization.Decoders  Tokenization.PostProcessing
        Tokenization.Models
        Tokenization.Normalizers  Tokenization.PreTokenizers
        Tokenization.Patterns
        Jinja
        Tokenization.Texts  Tokenization.Unicode
        Tokenization.Json  Kestrel
        """;

    [Fact]
    public void Folders_OfTheModelServer_UseLowerFloorsOnly() => Assert.Empty(Floors.Faults(typeof(Program).Assembly, "ModelServer", Plan));
}
