package dev.tidemill.jdbc.spi;

/** Where a database is. */
public sealed interface DatabaseAddress {
  /** A database of its own in this process, gone with its session. */
  record Memory() implements DatabaseAddress {}

  /** The database of a directory, opened by this process; its sessions share it. */
  record Directory(String path) implements DatabaseAddress {}

  /** A database that another process serves. */
  record Server(String host, int port) implements DatabaseAddress {}
}
