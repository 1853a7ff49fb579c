package dev.tidemill.jdbc.service;

import dev.tidemill.engine.Engine;

/** The right to use an engine until {@link #close}, which may be called more than once. */
final class EngineLease implements AutoCloseable {
  private final Engine engine;
  private final Runnable giveBack;
  private boolean closed;

  EngineLease(Engine engine, Runnable giveBack) {
    this.engine = engine;
    this.giveBack = giveBack;
  }

  /** Of an engine that nobody else uses. */
  static EngineLease alone(Engine engine) {
    return new EngineLease(engine, engine::close);
  }

  Engine engine() {
    return engine;
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      giveBack.run();
    }
  }
}
