package dev.tidemill.engine;

import dev.tidemill.streaming.pipeline.PipelineFactory;

/** Compiles standing plans. */
final class Pipelines {
  private Pipelines() {}

  static PipelineFactory factory(Engine engine) {
    return (plan, mode, state, memory) -> {
      throw EngineErrors.unsupported("a standing query", null);
    };
  }
}
