#include <grpc/byte_buffer.h>
#include <grpc/grpc.h>
#include <grpc/slice.h>
