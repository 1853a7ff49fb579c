package dev.tidemill.storage.files;

/** {@code 'on_error'='fail'}: the first row that cannot be read ends the statement. */
public record FailingHandler() implements RejectHandler {
  @Override
  public void reject(RejectedRow row) {
    throw FilesErrors.malformedRow(row);
  }

  @Override
  public void flush() {}
}
