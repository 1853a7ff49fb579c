package dev.tidemill.jdbc.service;

import dev.tidemill.engine.Session;
import dev.tidemill.jdbc.spi.DatabaseException;
import dev.tidemill.jdbc.spi.DatabaseSession;
import dev.tidemill.jdbc.spi.DatabaseStatement;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A session of an engine. Results that are still open are closed with it. */
final class EngineSession implements DatabaseSession {
  private final EngineLease lease;
  private final Session session;
  private final List<String> warnings;
  private final Set<EngineResult> open = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  /** Takes over lease and session. */
  EngineSession(EngineLease lease, Session session, List<String> warnings) {
    this.lease = lease;
    this.session = session;
    this.warnings = List.copyOf(warnings);
  }

  @Override
  public String productVersion() {
    return ServiceVersion.TEXT;
  }

  @Override
  public List<String> warnings() {
    return warnings;
  }

  @Override
  public Namespace namespace() {
    return new Namespace(session.namespace().catalog(), session.namespace().schema());
  }

  @Override
  public DatabaseStatement statement(String sql) {
    return new EngineStatement(this, sql);
  }

  Session session() {
    return session;
  }

  void opened(EngineResult result) {
    open.add(result);
  }

  void closed(EngineResult result) {
    open.remove(result);
  }

  @Override
  public boolean isOpen() {
    return !closed;
  }

  @Override
  public void close() throws DatabaseException {
    if (closed) {
      return;
    }
    closed = true;
    try (lease;
        session) {
      for (EngineResult result : open) {
        result.close();
      }
    } catch (RuntimeException | LinkageError e) {
      throw ServiceErrors.of(e);
    }
  }
}
