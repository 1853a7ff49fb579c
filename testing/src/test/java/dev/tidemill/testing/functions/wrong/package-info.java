/** Classes that are no functions: what is wrong with each is its name. */
package dev.tidemill.testing.functions.wrong;
