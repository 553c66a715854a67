#pragma once

// First: gRPC defines _GNU_SOURCE, under which fd_set and others would not be those of the Glibc module.
#include <sys/types.h>

#include <grpc/byte_buffer.h>
#include <grpc/byte_buffer_reader.h>
#include <grpc/grpc.h>
#include <grpc/grpc_security.h>
#include <grpc/slice.h>
#include <grpc/support/alloc.h>
#include <grpc/support/log.h>
#include <grpc/support/time.h>
#include <sys/prctl.h>

/// Address of the first byte of a slice; inside the slice itself when it is a small one.
static inline const void *rpc_slice_start(const grpc_slice *slice) { return GRPC_SLICE_START_PTR(*slice); }

/// Number of bytes in a slice.
static inline size_t rpc_slice_byte_count(const grpc_slice *slice) { return GRPC_SLICE_LENGTH(*slice); }

/// Whether the bytes of a slice lie outside it, where they stay put when it is moved.
static inline int rpc_slice_is_shared(const grpc_slice *slice) { return slice->refcount != NULL; }

/// Operations started together on one call, and the memory they read and write until they complete.
typedef struct rpc_batch {
    grpc_op operations[6];
    size_t operation_count;
    grpc_byte_buffer *sent_message;
    grpc_byte_buffer *received_message;
    grpc_metadata_array initial_metadata;
    grpc_metadata_array trailing_metadata;
    grpc_slice sent_status_message;
    grpc_slice received_status_message;
    grpc_status_code received_status_code;
    int was_cancelled;
} rpc_batch;

/// Returns a batch of no operations.
static inline rpc_batch *rpc_batch_create(void) {
    rpc_batch *batch = (rpc_batch *)gpr_zalloc(sizeof(rpc_batch));
    grpc_metadata_array_init(&batch->initial_metadata);
    grpc_metadata_array_init(&batch->trailing_metadata);
    batch->sent_status_message = grpc_empty_slice();
    batch->received_status_message = grpc_empty_slice();
    return batch;
}

/// Frees a batch that was never started or has completed.
static inline void rpc_batch_destroy(rpc_batch *batch) {
    if (batch->sent_message != NULL) grpc_byte_buffer_destroy(batch->sent_message);
    if (batch->received_message != NULL) grpc_byte_buffer_destroy(batch->received_message);
    grpc_metadata_array_destroy(&batch->initial_metadata);
    grpc_metadata_array_destroy(&batch->trailing_metadata);
    grpc_slice_unref(batch->sent_status_message);
    grpc_slice_unref(batch->received_status_message);
    gpr_free(batch);
}

static inline grpc_op *rpc_batch_add(rpc_batch *batch, grpc_op_type type) {
    grpc_op *operation = &batch->operations[batch->operation_count++];
    operation->op = type;
    return operation;
}

/// Sends the initial metadata, of which we have none of our own.
static inline void rpc_batch_send_initial_metadata(rpc_batch *batch) {
    rpc_batch_add(batch, GRPC_OP_SEND_INITIAL_METADATA);
}

/// Sends a message; the batch owns it.
static inline void rpc_batch_send_message(rpc_batch *batch, grpc_byte_buffer *message) {
    batch->sent_message = message;
    rpc_batch_add(batch, GRPC_OP_SEND_MESSAGE)->data.send_message.send_message = message;
}

/// Says that the client sends no more.
static inline void rpc_batch_send_close(rpc_batch *batch) { rpc_batch_add(batch, GRPC_OP_SEND_CLOSE_FROM_CLIENT); }

/// Ends a call on the server; the batch owns the message.
static inline void rpc_batch_send_status(rpc_batch *batch, int32_t code, grpc_slice message) {
    batch->sent_status_message = message;
    grpc_op *operation = rpc_batch_add(batch, GRPC_OP_SEND_STATUS_FROM_SERVER);
    operation->data.send_status_from_server.status = (grpc_status_code)code;
    operation->data.send_status_from_server.status_details = &batch->sent_status_message;
}

/// Awaits the server's initial metadata.
static inline void rpc_batch_receive_initial_metadata(rpc_batch *batch) {
    rpc_batch_add(batch, GRPC_OP_RECV_INITIAL_METADATA)->data.recv_initial_metadata.recv_initial_metadata =
        &batch->initial_metadata;
}

/// Awaits the next message.
static inline void rpc_batch_receive_message(rpc_batch *batch) {
    rpc_batch_add(batch, GRPC_OP_RECV_MESSAGE)->data.recv_message.recv_message = &batch->received_message;
}

/// Awaits the end of a call on the client.
static inline void rpc_batch_receive_status(rpc_batch *batch) {
    grpc_op *operation = rpc_batch_add(batch, GRPC_OP_RECV_STATUS_ON_CLIENT);
    operation->data.recv_status_on_client.trailing_metadata = &batch->trailing_metadata;
    operation->data.recv_status_on_client.status = &batch->received_status_code;
    operation->data.recv_status_on_client.status_details = &batch->received_status_message;
}

/// Awaits the end of a call on the server.
static inline void rpc_batch_receive_close(rpc_batch *batch) {
    rpc_batch_add(batch, GRPC_OP_RECV_CLOSE_ON_SERVER)->data.recv_close_on_server.cancelled = &batch->was_cancelled;
}

/// Starts the operations; `tag` comes out of the call's completion queue when all have completed.
static inline grpc_call_error rpc_batch_start(rpc_batch *batch, grpc_call *call, void *tag) {
    return grpc_call_start_batch(call, batch->operations, batch->operation_count, tag, NULL);
}

/// A request of a server for its next call, and the memory the call is written to.
typedef struct rpc_call_request {
    grpc_call *call;
    grpc_call_details details;
    grpc_metadata_array metadata;
} rpc_call_request;

/// Returns a request not yet made.
static inline rpc_call_request *rpc_call_request_create(void) {
    rpc_call_request *request = (rpc_call_request *)gpr_zalloc(sizeof(rpc_call_request));
    grpc_call_details_init(&request->details);
    grpc_metadata_array_init(&request->metadata);
    return request;
}

/// Frees a request that was never made or has completed; not the call.
static inline void rpc_call_request_destroy(rpc_call_request *request) {
    grpc_call_details_destroy(&request->details);
    grpc_metadata_array_destroy(&request->metadata);
    gpr_free(request);
}

/// Makes the request; `tag` comes out of the queue, to which the call is bound too, when there is a call.
static inline grpc_call_error rpc_call_request_start(
    rpc_call_request *request, grpc_server *server, grpc_completion_queue *queue, void *tag) {
    return grpc_server_request_call(
        server, &request->call, &request->details, &request->metadata, queue, queue, tag);
}

/// Names the calling thread, for debuggers.
static inline void rpc_name_thread(const char *name) { prctl(PR_SET_NAME, name, 0, 0, 0); }
