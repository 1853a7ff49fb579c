package dev.tidemill.shell;

/** A command line that means nothing: exit code 2. */
final class UsageException extends Exception {
  private static final long serialVersionUID = 1;

  UsageException(String message) {
    super(message);
  }
}
