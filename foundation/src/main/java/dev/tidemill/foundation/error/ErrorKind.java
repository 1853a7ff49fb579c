package dev.tidemill.foundation.error;

/** Whose move it is when a {@link TidemillException} is thrown. */
public enum ErrorKind {
  /** The statement, the data or a setting is wrong, or asks for what is not supported. */
  USER,
  /** A limit was reached: memory, disk, time. */
  RESOURCE,
  /** Something outside the process failed: a file system, a broker, a database. */
  EXTERNAL,
  /** A bug in Tidemill. Never reachable by input. */
  INTERNAL
}
